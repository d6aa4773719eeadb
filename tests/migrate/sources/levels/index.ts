import cloud = require('wx-server-sdk')

enum Level { Low, Mid = 5, High }

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const levelOf = (score: number): Level => score > 80 ? Level.High : score > 40 ? Level.Mid : Level.Low

export async function main(event: { scores?: number[] }) {
  const levels = (event.scores || []).map((score: number) => levelOf(score))
  return { levels, names: levels.map(level => Level[level]), any: levels.some(level => level === Level.High) }
}
