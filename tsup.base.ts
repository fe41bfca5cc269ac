import { defineConfig } from 'tsup'

/** How every published package is built: ESM, CJS and the types of both. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  sourcemap: true,
  clean: true,
  treeshake: false,
  splitting: false,
  removeNodeProtocol: false,
})
