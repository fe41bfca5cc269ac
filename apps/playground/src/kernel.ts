// The one import to change: with the real kernel this line reads `export * from '@gravito/core'`.
export * from './host/index.js'
