export * from './lines'
export { total as sum } from './lines'
