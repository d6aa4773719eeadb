const Level = { Low: 0, 0: 'Low', Mid: 5, 5: 'Mid', High: 6, 6: 'High' }
const levelOf = score => score > 80 ? Level.High : score > 40 ? Level.Mid : Level.Low

exports.main = async event => {
  const levels = (event.scores || []).map(score => levelOf(score))
  return { levels, names: levels.map(level => Level[level]), any: levels.some(level => level === Level.High) }
}
