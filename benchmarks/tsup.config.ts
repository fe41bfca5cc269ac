import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    main: 'src/main.ts',
    subject: 'src/clients/subject.ts',
    'locks-worker': 'src/locks/worker.ts',
    'cache-subject': 'src/cache/subject.ts',
  },
  format: ['esm'],
  target: 'node20',
  clean: true,
  removeNodeProtocol: false,
})
