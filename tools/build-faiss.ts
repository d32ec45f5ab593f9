/**
 * Builds the native part of faiss-node with the FAISS that the system has: `node tools/build-faiss.ts`. Its own install
 * clones and builds all of FAISS from GitHub; Debian and Ubuntu have that as a package:
 *
 *     apt-get install g++ libfaiss-dev
 *     npm install --no-save --ignore-scripts faiss-node@0.5.1
 *     node tools/build-faiss.ts
 */
import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join, resolve} from 'node:path'

const require = createRequire(import.meta.url)
const faiss = dirname(require.resolve('faiss-node/package.json'))
const api = dirname(createRequire(join(faiss, 'package.json')).resolve('node-addon-api/package.json'))
const build = join(faiss, 'build', 'Release')
mkdirSync(build, {recursive: true})

// Until 1.7.3 the type of a label was a member of Index; faiss-node is written for later versions.
const header = readFileSync('/usr/include/faiss/Index.h', 'utf8')
const major = Number(/FAISS_VERSION_MAJOR (\d+)/u.exec(header)?.[1])
const minor = Number(/FAISS_VERSION_MINOR (\d+)/u.exec(header)?.[1])
const patch = Number(/FAISS_VERSION_PATCH (\d+)/u.exec(header)?.[1])
const isOld = major === 1 && (minor < 7 || (minor === 7 && patch < 4))
const alias = join(build, 'label-type.h')
writeFileSync(alias, isOld ? '#include <faiss/Index.h>\nnamespace faiss { using idx_t = Index::idx_t; }\n' : '')

const headers = [resolve(process.execPath, '../../include/node'), '/usr/include/node'].find(directory =>
  existsSync(join(directory, 'node_api.h')),
)
if (headers === undefined) throw new Error('There are no headers of Node.js beside this node or in /usr/include/node')
const output = join(build, 'faiss-node.node')
execFileSync(
  'g++',
  [
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    '-fopenmp',
    '-DNAPI_VERSION=8',
    '-include',
    alias,
    `-I${headers}`,
    `-I${api}`,
    join(faiss, 'src', 'faiss.cc'),
    '-o',
    output,
    '-lfaiss',
  ],
  {stdio: 'inherit'},
)
process.stdout.write(`built ${output} with FAISS ${major}.${minor}.${patch}\n`)
