const cloud = require('wx-server-sdk')
const AdmZip = require('adm-zip')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const HEAD = ['name', 'score', 'note']

const quote = value => {
  const text = value === null || value === undefined ? '' : String(value)
  return /[",\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text
}

function toCsv(rows) {
  const lines = [HEAD.join(',')]
  rows.forEach(row => {
    lines.push(HEAD.map(key => quote(row[key])).join(','))
  })
  return '\ufeff' + lines.join('\r\n')
}

exports.main = async (event) => {
  const csv = toCsv(event.rows || [])
  let content = Buffer.from(csv)
  let name = 'export.csv'
  if (event.zip) {
    const zip = new AdmZip()
    zip.addFile(name, content)
    content = zip.toBuffer()
    name = 'export.zip'
  }
  const { fileID } = await cloud.uploadFile({ cloudPath: `exports/${name}`, fileContent: content })
  return { fileID, size: content.length }
}
