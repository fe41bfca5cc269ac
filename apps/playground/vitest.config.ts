import { packageConfig } from '../../vitest.base.ts'

export default packageConfig('playground', { testTimeout: 180_000 })
