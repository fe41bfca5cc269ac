import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm'],
  target: 'node20',
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  clean: true,
  removeNodeProtocol: false,
  // The same relative path from src and from dist: the finder looks for the project's cache beside itself.
  external: [/find-redis\.mjs$/],
})
