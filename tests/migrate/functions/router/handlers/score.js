const LEVELS = [[90, 'A'], [75, 'B'], [60, 'C']]

exports.rank = ({ scores = [] }) => {
  return scores
    .filter(({ score }) => score != null)
    .sort((a, b) => b.score - a.score)
    .map((item, index) => ({ ...item, place: index + 1 }))
}

exports.level = ({ score }) => {
  if (score === undefined) throw new Error('score is missing')
  for (const [least, name] of LEVELS) {
    if (score >= least) return name
  }
  return 'D'
}
