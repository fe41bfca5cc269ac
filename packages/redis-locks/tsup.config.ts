import { defineConfig, type Options } from 'tsup'
import base from '../../tsup.base.ts'

/** The testing entry uses the classes of the main one, so that `instanceof` holds between them. */
const shared: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'shared-classes',
  setup(build) {
    const extension = build.initialOptions.format === 'cjs' ? 'cjs' : 'js'
    build.onResolve({ filter: /^(\.\.\/)+index\.js$/ }, () => ({
      path: `./index.${extension}`,
      external: true,
    }))
  },
}

export default defineConfig({
  ...(base as Options),
  entry: { index: 'src/index.ts', testing: 'src/testing/testing.ts' },
  esbuildPlugins: [shared],
})
