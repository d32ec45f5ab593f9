import {homedir} from 'node:os'
import {directoriesOf} from '../config/directories.ts'

/** The directory of the plugins that the user of this process installed. */
export function pluginDirectory(): string {
  return directoriesOf('default', {platform: process.platform, env: process.env, home: homedir()}).plugins
}
