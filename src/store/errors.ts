import {
  ConflictError,
  type ErrorOptions,
  ExitCode,
  FailureError,
  InvalidInputError,
  NotConfiguredError,
  OmniError,
} from '../operation/errors.ts'

/** The disk, the quota or the page limit of the database is used up. The transaction was rolled back. */
export class StorageFullError extends FailureError {
  override readonly code = 'storage_full'
}

/** The database, its directory or its server accepts no writes. */
export class DatabaseReadOnlyError extends FailureError {
  override readonly code = 'database_read_only'
}

/** The database file cannot be opened, or the database server cannot be reached or refuses the connection. */
export class DatabaseUnavailableError extends NotConfiguredError {
  override readonly code = 'database_unavailable'
}

/** Another process held the database for longer than the time limit, or two transactions blocked each other. */
export class DatabaseBusyError extends NotConfiguredError {
  override readonly code = 'database_busy'
}

/** The file is not a SQLite database, or its content is damaged. */
export class DatabaseCorruptError extends FailureError {
  override readonly code = 'database_corrupt'
}

/** Reading or writing the database failed in the operating system. */
export class DatabaseInputOutputError extends FailureError {
  override readonly code = 'database_io'
}

/** The database was migrated by a newer program than this one. Nothing was read or changed. */
export class NewerDatabaseError extends FailureError {
  override readonly code = 'database_newer'
}

/** The file is a database of some other program. */
export class ForeignDatabaseError extends FailureError {
  override readonly code = 'database_foreign'
}

/** A migration failed or contradicts the one that was applied; its transaction was rolled back. */
export class MigrationError extends FailureError {
  override readonly code = 'migration_failed'
}

/** The backup before a migration could not be written; the migration was not begun. */
export class BackupError extends FailureError {
  override readonly code = 'backup_failed'
}

/** A row with the same unique key exists. */
export class UniqueViolationError extends ConflictError {
  override readonly code = 'unique_violation'
}

/** A row refers to one that does not exist, or is still referred to. */
export class ReferenceViolationError extends ConflictError {
  override readonly code = 'reference_violation'
}

/** An idempotency key was used before for a different request. */
export class IdempotencyConflictError extends ConflictError {
  override readonly code = 'idempotency_conflict'
}

/**
 * A query could reach rows of another tenant, or cannot be shown not to. This is a mistake in our own code: the query
 * is refused before it is sent.
 */
export class TenantIsolationError extends OmniError {
  readonly code = 'tenant_isolation'
  readonly exitCode = ExitCode.bug
  readonly httpStatus = 500
}

/** The store was used against its contract: after it was closed, after the unit ended, with a value SQL has no type for. */
export class StoreUsageError extends OmniError {
  readonly code = 'store_usage'
  readonly exitCode = ExitCode.bug
  readonly httpStatus = 500
}

/** A text holds a character that the database cannot keep, nor look for. */
export class TextNotStorableError extends InvalidInputError {
  override readonly code = 'text_not_storable'
}

interface DriverError {
  readonly code: string
  readonly message: string
  readonly syscall?: string
  readonly detail?: string
  readonly constraint?: string
  readonly table?: string
}

function isDriverError(error: unknown): error is DriverError & Error {
  return error instanceof Error && typeof (error as {code?: unknown}).code === 'string'
}

/**
 * Turns an error of a database driver into the typed error of its cause; any other error is returned as it is.
 *
 * SQLite result codes: https://www.sqlite.org/rescode.html. PostgreSQL SQLSTATE classes: appendix A of its manual.
 * @param location what to call the database in the message: a path, or a host and name without the password
 */
export function databaseError(error: unknown, location: string): unknown {
  if (error instanceof OmniError || !isDriverError(error)) return error
  for (const translate of [sqliteError, postgresError, fileSystemError, networkError]) {
    const translated = translate(error, location)
    if (translated !== undefined) return translated
  }
  return error
}

function sqliteError(error: DriverError & Error, location: string): OmniError | undefined {
  const {code} = error
  const because = (hint: string): ErrorOptions => ({hint, cause: error, details: {location, reason: code}})
  if (code === 'SQLITE_FULL') {
    return new StorageFullError(
      `The disk is full: ${location} could not grow; the transaction was rolled back`,
      because('free some space on the disk, or move the data directory, then run it again'),
    )
  }
  if (code.startsWith('SQLITE_READONLY')) {
    return new DatabaseReadOnlyError(
      `The database ${location} is read-only`,
      because('check the owner and the permissions of the file and of its directory'),
    )
  }
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_PERM') || code === 'SQLITE_AUTH') {
    return new DatabaseUnavailableError(
      `The database ${location} cannot be opened: ${error.message}`,
      because('check that its directory exists and that you may read and write there'),
    )
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new DatabaseBusyError(
      `Another process kept ${location} locked`,
      because('wait for the other command to end, or stop it, then run it again'),
    )
  }
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return new DatabaseCorruptError(
      code === 'SQLITE_NOTADB' ? `${location} is not a SQLite database` : `The database ${location} is damaged`,
      because('restore the newest file of the backup directory, or name another database'),
    )
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new DatabaseInputOutputError(
      `Reading or writing ${location} failed: ${error.message}`,
      because('check the disk and its free space; nothing that was committed is lost'),
    )
  }
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return new UniqueViolationError('A row with this key exists', {cause: error, details: {constraint: error.message}})
  }
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') {
    return new ReferenceViolationError('A row that is referred to is missing or still in use', {cause: error})
  }
  return undefined
}

const noPlaceCodes: ReadonlySet<string> = new Set(['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOENT', 'ELOOP', 'ENAMETOOLONG'])

/** Errors of Node while the file and its directory are made: https://nodejs.org/api/errors.html#common-system-errors */
function fileSystemError(error: DriverError & Error, location: string): OmniError | undefined {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new StorageFullError(`The disk is full: ${error.message}`, {
      hint: 'free some space on the disk, then run it again',
      cause: error,
    })
  }
  // A directory that may not be made above the one that is asked for is told by Node as one that is not there.
  const isBelowRefused = error.code === 'ENOENT' && error.syscall === 'mkdir'
  if (isBelowRefused || error.code === 'EROFS' || error.code === 'EACCES' || error.code === 'EPERM') {
    return new DatabaseReadOnlyError(`The database ${location} cannot be written: ${error.message}`, {
      hint: 'check the owner and the permissions of the file and of its directory',
      cause: error,
    })
  }
  if (!noPlaceCodes.has(error.code)) return undefined
  return new DatabaseUnavailableError(`There can be no database at ${location}: ${error.message}`, {
    hint: 'name another file, or remove what is in its way',
    cause: error,
  })
}

const unreachableCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

function networkError(error: DriverError & Error, location: string): OmniError | undefined {
  if (!unreachableCodes.has(error.code)) return undefined
  return new DatabaseUnavailableError(`The database server ${location} cannot be reached: ${error.message}`, {
    hint: 'check the address, that the server runs, and that a firewall lets you through',
    cause: error,
  })
}

function postgresError(error: DriverError & Error, location: string): OmniError | undefined {
  const {code} = error
  // Five characters are an SQLSTATE; Node has codes of five letters too, and those have no digit.
  if (!/^(?=.*\d)[0-9A-Z]{5}$/.test(code)) return undefined
  const because = (hint: string): ErrorOptions => ({hint, cause: error, details: {location, reason: code}})
  if (code === '23505') {
    return new UniqueViolationError('A row with this key exists', {
      cause: error,
      details: {constraint: error.constraint},
    })
  }
  if (code === '23503') {
    return new ReferenceViolationError('A row that is referred to is missing or still in use', {cause: error})
  }
  if (code === '22021') {
    return new TextNotStorableError(`${location} keeps no text with the character U+0000`, {
      hint: 'leave it out',
      cause: error,
    })
  }
  if (code === '53100') {
    return new StorageFullError(`The disk of ${location} is full`, because('free space on the database server'))
  }
  if (code === '25006') {
    return new DatabaseReadOnlyError(
      `The database ${location} is read-only`,
      because('connect to the primary, not to a read replica'),
    )
  }
  if (code === '40001' || code === '40P01' || code === '55P03') {
    return new DatabaseBusyError(`Another transaction of ${location} was in the way`, because('run it again'))
  }
  if (code === 'XX001' || code === 'XX002') {
    return new DatabaseCorruptError(`The database ${location} is damaged`, because('restore it from a backup'))
  }
  if (
    code.startsWith('08') ||
    code.startsWith('28') ||
    code.startsWith('57P') ||
    code === '3D000' ||
    code === '53300'
  ) {
    return new DatabaseUnavailableError(
      `The database server ${location} refused the connection: ${error.message}`,
      because('check the user, the password, the name of the database and the limit of connections'),
    )
  }
  return undefined
}
