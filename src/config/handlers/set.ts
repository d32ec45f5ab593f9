import {join} from 'node:path'
import type {Context} from '../../operation/context.ts'
import type {Handler} from '../../operation/operation.ts'
import {plainProblem} from '../../operation/plain-problems.ts'
import {findProjectFile, projectFileName} from '../load.ts'
import type {configSet} from '../operations/set.ts'
import {fromText, holdsSecret, InvalidSettingError, schemaOf, variablesOf} from '../settings.ts'
import {writeSetting} from '../yaml-file.ts'

export const handle: Handler<typeof configSet> = async ({name, value, project}, context) => {
  const declaration = context.settings.declaration(name)
  if (declaration.secret) {
    throw new InvalidSettingError(`${name} is a secret and is never written to a settings file`, {
      hint: `set ${variablesOf(declaration).join(' or ')}, or point ${variablesOf(declaration)[0]}_FILE at a file`,
    })
  }
  const parsed = schemaOf(declaration).safeParse(fromText(value, declaration), {error: plainProblem})
  if (!parsed.success) {
    throw new InvalidSettingError(`${name}: ${parsed.error.issues.map(issue => issue.message).join('; ')}`)
  }
  if (holdsSecret(declaration, parsed.data)) {
    throw new InvalidSettingError(`${name} with a secret in it is never written to a settings file`, {
      hint: `set ${variablesOf(declaration).join(' or ')} instead`,
    })
  }
  const file = settingsFileOf(context, project)
  await writeSetting(file, name, parsed.data)
  return {name, value: parsed.data, file}
}

/** The file that a change goes to. */
export function settingsFileOf(context: Context, project: boolean): string {
  if (!project) return context.profile.settingsFile
  return findProjectFile(context.workingDirectory) ?? join(context.workingDirectory, projectFileName)
}
