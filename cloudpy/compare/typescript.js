// Loads files of TypeScript as their compiled JavaScript, with the compiler that the function's packages have.
'use strict'

const { spawnSync } = require('child_process')
const fs = require('fs')
const Module = require('module')
const os = require('os')
const path = require('path')

const COMPILERS = [['typescript', byTypeScript], ['esbuild', byEsbuild], ['sucrase', bySucrase]]

// Returns whether files of TypeScript can be loaded.
exports.install = function (folder) {
  const compile = compiler(folder)
  if (!compile) return Boolean(process.features.typescript) // Node strips the types itself
  Module._extensions['.ts'] = (module, file) => module._compile(compile(file), file)
  return true
}

function compiler (folder) {
  const own = Module.createRequire(path.join(folder, 'index.js'))
  for (const [name, make] of COMPILERS) {
    let found
    try {
      found = own.resolve(`${name}/package.json`)
    } catch (error) {
      continue
    }
    const made = make(own, name, path.dirname(found))
    if (made) return made
  }
  return undefined
}

function byTypeScript (own, name, home) {
  let typescript
  try {
    typescript = own(name)
  } catch (error) { // TypeScript 7 is a program only
    return byProgram(path.join(home, 'bin', 'tsc'))
  }
  if (!typescript.transpileModule) return byProgram(path.join(home, 'bin', 'tsc'))
  const { ModuleKind, ScriptTarget } = typescript
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true }
  return (file) => typescript.transpileModule(fs.readFileSync(file, 'utf8'), { compilerOptions, fileName: file }).outputText
}

function byProgram (tsc) {
  if (!fs.existsSync(tsc)) return undefined
  const options = ['--ignoreConfig', '--noCheck', '--noResolve', '--module', 'commonjs', '--target', 'es2022']
  return (file) => {
    const out = fs.mkdtempSync(path.join(os.tmpdir(), 'cloudpy-compare-'))
    try {
      const done = spawnSync(process.execPath, [tsc, file, '--outDir', out, ...options], { encoding: 'utf8' })
      const made = path.join(out, `${path.basename(file, '.ts')}.js`)
      if (!fs.existsSync(made)) throw new SyntaxError(`${file}: ${(done.stdout || done.stderr || '').trim()}`)
      return fs.readFileSync(made, 'utf8')
    } finally {
      fs.rmSync(out, { recursive: true, force: true })
    }
  }
}

function byEsbuild (own, name) {
  const { transformSync } = own(name)
  return (file) => transformSync(fs.readFileSync(file, 'utf8'), { loader: 'ts', format: 'cjs', sourcefile: file }).code
}

function bySucrase (own, name) {
  const { transform } = own(name)
  return (file) => transform(fs.readFileSync(file, 'utf8'), { transforms: ['typescript', 'imports'], filePath: file }).code
}
