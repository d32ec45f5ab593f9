import {open, stat} from 'node:fs/promises'
import {basename} from 'node:path'
import type {DataSession} from './data-session.ts'
import {DataQueryError, UnreadableDataError} from './errors.ts'
import {quoted} from './quote.ts'
import {recogniseNumbers} from './recognise-numbers.ts'

/**
 * Reads a CSV or TSV file into a table. Types are found in all rows, which is half of the reading: by a sample, a 12.5
 * behind whole numbers becomes 13, a time behind dates loses its hours, and quotes that first come late are taken for text,
 * each without an error.
 * @throws UnreadableDataError for what is empty, in another encoding, or in lines of different lengths
 */
export async function loadTextFile(file: string, table: string, session: DataSession): Promise<void> {
  const name = basename(file)
  if ((await stat(file)).size === 0) throw new UnreadableDataError(`${name} is empty`)
  const encoding = await encodingOf(file)
  const options = ['sample_size = -1', ...(encoding === undefined ? [] : [`encoding = '${encoding}'`])]
  try {
    await create(options)
    const types = (await session.schema()).get(table)!
    const [only, another] = [...types.keys()]
    if (another === undefined && /[,;|\t]/.test(only ?? '')) {
      throw new UnreadableDataError(`${name} has lines of more or of fewer columns than its heading`, {
        hint: 'put double quotes around values that hold the separator',
      })
    }
    const times = [...types].filter(([, type]) => type === 'date' || type === 'instant').length
    if (times > 0 && !(await writesYearsFirst(times))) {
      // What is left as text is looked at value by value, and becomes a day only where that is certain.
      await create([...options, "auto_type_candidates = ['BOOLEAN', 'BIGINT', 'DOUBLE', 'VARCHAR']"])
    }
  } catch (error) {
    if (error instanceof DataQueryError) throw unreadable(name, error)
    throw error
  }
  await recogniseNumbers(table, session)

  async function create(reading: readonly string[]): Promise<void> {
    await session.query(
      `CREATE OR REPLACE TABLE ${quoted(table)} AS SELECT * FROM read_csv($file, ${reading.join(', ')})`,
      {file},
    )
  }

  /** DuckDB takes 01/03/2026 for a day in March where no value speaks against it, and 01-03-26 for one in 2001. */
  async function writesYearsFirst(expected: number): Promise<boolean> {
    for (const rows of ['20480', '-1']) {
      const [found] = await session.query(
        `SELECT "DateFormat" AS date, "TimestampFormat" AS instant,
          len(list_filter("Columns", each -> regexp_matches(each.type, '^(DATE|TIMESTAMP)'))) AS times
        FROM sniff_csv($file, ${['sample_size = ' + rows, ...options.slice(1)].join(', ')})`,
        {file},
      )
      if ([found!.date, found!.instant].some(format => format !== null && !String(format).startsWith('%Y')))
        return false
      if (Number(found!.times) === expected) return true
    }
    return true
  }
}

/** UTF-16 begins with a mark of its order of bytes (RFC 2781, section 3.2), which no text in UTF-8 begins with. */
async function encodingOf(file: string): Promise<'utf-16' | undefined> {
  await using handle = await open(file)
  const {buffer, bytesRead} = await handle.read(Buffer.alloc(2), 0, 2, 0)
  const mark = bytesRead === 2 ? buffer.readUInt16BE() : 0
  return mark === 0xfffe || mark === 0xfeff ? 'utf-16' : undefined
}

function unreadable(name: string, error: DataQueryError): UnreadableDataError {
  const text = error.cause instanceof Error ? error.cause.message : error.message
  if (text.includes('not utf-8 encoded')) {
    const line = /CSV Error on Line: (\d+)/.exec(text)?.[1]
    return new UnreadableDataError(
      `${name} is not in UTF-8${line === undefined ? '' : `, as its line ${line} shows`}`,
      {
        hint: `save it as “CSV UTF-8”, or convert it, such as with: iconv -f WINDOWS-1252 -t UTF-8 ${name}`,
        cause: error,
      },
    )
  }
  if (text.includes('Error when sniffing')) {
    return new UnreadableDataError(
      `${name} is no table of text with commas, semicolons, tabs or bars between columns`,
      {
        cause: error,
      },
    )
  }
  const [first = '', ...rest] = text.split('\n').map(line => line.trim())
  const detail = rest.find(line => line !== '' && !line.startsWith('Original Line')) ?? ''
  const said = `${first.replace(/^[A-Z][A-Za-z ]+ Error: (CSV Error on )?/, '').replace(/:$/, '')} ${detail}`.trim()
  return new UnreadableDataError(`${name} cannot be read: ${said}`, {cause: error})
}
