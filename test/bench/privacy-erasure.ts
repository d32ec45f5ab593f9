/**
 * Erases a person who is planted in every store of every plugin, killed at random moments and resumed, and looks in
 * every byte for what is left: `node test/bench/privacy-erasure.ts [RUNS]`. Exits with 1 where anything is.
 */
import {PlantedWorkspace} from '../support/killed-erasure.ts'
import {startEmbeddingServer} from '../support/embedding-server.ts'

const runs = Number(process.argv[2] ?? 100)
const server = await startEmbeddingServer()
const cleanUps: (() => void)[] = []
const env = {RAG_EMBEDDING_MODEL: 'ollama', OLLAMA_HOST: server.url, OMNI_PRIVACY_KEY: 'k'.repeat(40)}
const planted = await PlantedWorkspace.plant({env, atEnd: cleanUp => void cleanUps.push(cleanUp)})
let kills = 0
let failures = 0
let residues = 0
try {
  for (let seed = 1; seed <= runs; seed++) {
    const outcome = await planted.erase(seed)
    kills += outcome.kills
    residues += outcome.left.length + outcome.residues.length
    failures += outcome.receipts.filter(({state, verified}) => state !== 'done' || !verified).length
    for (const path of outcome.left) process.stderr.write(`seed ${seed}: ${path}\n`)
    for (const each of outcome.residues) process.stderr.write(`seed ${seed}: ${JSON.stringify(each)}\n`)
    if (seed % 10 === 0) process.stderr.write(`${seed}/${runs}\n`)
  }
} finally {
  for (const cleanUp of cleanUps) cleanUp()
  await server.close()
}
process.stdout.write(
  `${runs} erasures, killed ${kills} times: ${residues} residues, ${failures} receipts not verified, ${Math.round(planted.duration)} ms for one that nobody kills\n`,
)
process.exitCode = residues + failures > 0 ? 1 : 0
