export {directoriesOf, type Environment, type Machine} from './directories.ts'
export {findProjectFile, type LoadSettingsOptions, loadSettings, profileFile, projectFileName} from './load.ts'
export {
  describeOrigin,
  displayValue,
  type EffectiveSetting,
  fromText,
  InvalidSettingError,
  type Origin,
  Settings,
  type SettingsSources,
  UnknownSettingError,
  variablesOf,
} from './settings.ts'
export {readSettingsFile, type SettingsFile, SettingsFileError, type Subtree, writeSetting} from './yaml-file.ts'
