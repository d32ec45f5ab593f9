import type {Context} from '../operation/context.ts'
import type {Finding} from '../operation/plugin.ts'

/** Whether the database opens, is whole and up to date, and keeps its write-ahead log. */
export async function checkDatabase(context: Context): Promise<readonly Finding[]> {
  const store = await context.store()
  const {dialect, location, version, damage, journal_mode, migrations} = await store.health()
  if (damage && damage.length > 0) {
    return [
      {
        name: 'database',
        status: 'problem',
        message: `${location} is damaged: ${damage.slice(0, 3).join('; ')}`,
        fix: `put back the newest backup from ${context.directories.data}/backups`,
      },
    ]
  }
  const findings: Finding[] = [
    {
      name: 'database',
      status: 'ok',
      message: `${dialect} ${version}, ${migrations.applied.length} migrations, ${location}`,
    },
  ]
  if (dialect === 'sqlite' && journal_mode !== 'wal') {
    findings.push({
      name: 'database journal',
      status: 'warning',
      message: `write-ahead logging is off (${journal_mode}); writers will block readers`,
      fix: 'move the data to a local disk with OMNI_DATA_DIR: network file systems do not have it',
    })
  }
  if (migrations.foreign.length > 0) {
    const plugins = [...new Set(migrations.foreign.map(row => row.plugin))].join(', ')
    findings.push({
      name: 'database plugins',
      status: 'warning',
      message: `holds tables of plugins that are not installed: ${plugins}`,
      fix: `install ${plugins} again, or leave the tables; nothing touches them`,
    })
  }
  return findings
}
