import { packageConfig } from '../../vitest.base.ts'

export default packageConfig('plasma', {
  typecheck: {
    enabled: true,
    include: ['test/**/*.test-d.ts'],
    tsconfig: 'test/tsconfig.types.json',
  },
})
