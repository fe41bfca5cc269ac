import { packageConfig } from '../../vitest.base.ts'

export default packageConfig('stasis-redis', { maxWorkers: 3 })
