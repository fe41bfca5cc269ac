export {
  type ComplianceCase,
  contractCases,
  type Subject,
  storeCases,
} from './compliance/compliance.js'
export { createMemoryStore, MemoryStore, type MemoryStoreOptions } from './memory/store.js'
