export const LIMIT = 3
export const words = text => (text || '').split(/\s+/).filter(Boolean)
export default found => found.join(' ')
