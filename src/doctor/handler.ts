import type {Context} from '../operation/context.ts'
import type {Handler} from '../operation/operation.ts'
import type {Finding} from '../operation/plugin.ts'
import {checkDatabase} from './check-database.ts'
import {checkDirectories} from './check-directories.ts'
import {checkEmbeddingModel} from './check-embedding-model.ts'
import {checkLanguageModel} from './check-language-model.ts'
import {checkNetwork} from './check-network.ts'
import {checkPlatform} from './check-platform.ts'
import {checkPlugins} from './check-plugins.ts'
import {checkWebhooks} from '../webhooks/check-webhooks.ts'
import type {doctor} from './operation.ts'

export const handle: Handler<typeof doctor> = async (_input, context) => {
  const checks = await checksFor(context)
  const findings: Finding[] = []
  for (const check of checks) {
    context.emit({type: 'progress', label: 'Checking', done: findings.length})
    findings.push(...(await outcomeOf(check, context)))
  }
  return {healthy: findings.every(finding => finding.status !== 'problem'), findings}
}

/** What a remote profile keeps over there is not looked for here. */
async function checksFor(context: Context): Promise<readonly Check[]> {
  const {remote} = context
  if (remote === undefined) {
    return [
      checkPlatform,
      checkDirectories,
      checkDatabase,
      checkNetwork,
      checkLanguageModel,
      checkEmbeddingModel,
      checkPlugins,
      checkWebhooks,
      ...(await context.registry.checks()),
    ]
  }
  const {checkDeployment} = await import('./check-deployment.ts')
  const deployment: Check = () => checkDeployment({...context, remote})
  return [
    checkPlatform,
    checkDirectories,
    checkNetwork,
    checkPlugins,
    Object.defineProperty(deployment, 'name', {value: 'deployment'}),
  ]
}

type Check = (context: Context) => Promise<readonly Finding[]>

/** `language model` for `checkLanguageModel`. */
function nameOf({name}: Check): string {
  return name
    .replace(/^check/, '')
    .replaceAll(/\B[A-Z]/g, capital => ` ${capital}`)
    .toLowerCase()
}

/** A check that throws is a finding of its own: one broken part must not hide the others. */
async function outcomeOf(check: Check, context: Context): Promise<readonly Finding[]> {
  try {
    return await check(context)
  } catch (error) {
    const {message, hint} = error as {message: string; hint?: string}
    return [
      {
        name: nameOf(check),
        status: 'problem',
        message,
        fix: hint ?? 'run `omni doctor --debug` and report what it prints',
      },
    ]
  }
}
