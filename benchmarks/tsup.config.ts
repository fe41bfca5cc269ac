import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/main.ts', 'src/subject.ts'],
  format: ['esm'],
  target: 'node20',
  clean: true,
  removeNodeProtocol: false,
})
