/**
 * Builds what `bin/run.js` starts: the program's modules in `dist/`, with an entry per command and shared parts, and
 * the merged command manifest, and the manual page that follows from it. Native modules and heavy libraries that few commands load stay in node_modules.
 */
import {join, relative, resolve} from 'node:path'
import {bundleProgram} from './bundle.ts'
import {writeManifest} from './manifest.ts'
import {writeManual} from './manual.ts'

const root = resolve(import.meta.dirname, '..')
await bundleProgram(join(root, 'dist'))
await writeManifest(root)
await writeManual(root)
process.stdout.write(`built ${relative(process.cwd(), join(root, 'dist')) || '.'}\n`)
