import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    main: 'src/main.ts',
    subject: 'src/clients/subject.ts',
    'cache-subject': 'src/cache/subject.ts',
    'locks-worker': 'src/locks/worker.ts',
  },
  format: ['esm'],
  target: 'node20',
  clean: true,
  removeNodeProtocol: false,
})
