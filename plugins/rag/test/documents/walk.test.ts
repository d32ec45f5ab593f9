import {execFileSync} from 'node:child_process'
import {chmod, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {CancelledError} from '@omni-ops/core/operation'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {sourceName, type WalkEntry, type WalkOptions, walkSources} from '../../src/documents/walk.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'omni-walk-'))
})

afterEach(async () => {
  await rm(root, {recursive: true, force: true})
})

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name)
    await mkdir(path.dirname(file), {recursive: true})
    await writeFile(file, content)
  }
}

async function walk(inputs: readonly string[], options: Partial<WalkOptions> = {}): Promise<WalkEntry[]> {
  const entries: WalkEntry[] = []
  for await (const entry of walkSources(inputs, {cwd: root, ...options})) entries.push(entry)
  return entries
}

async function sources(inputs: readonly string[], options: Partial<WalkOptions> = {}): Promise<string[]> {
  const entries = await walk(inputs, options)
  return entries.map(entry => (entry.kind === 'skipped' ? `${entry.reason}: ${entry.source}` : entry.source))
}

describe('inputs', () => {
  test('files, directories, URLs and stdin, in the order given, each once', async () => {
    await write({'b/two.md': '2', 'b/one.md': '1', 'a.md': 'abc'})
    const entries = await walk(['b', 'a.md', './b/one.md', 'https://example.com/x', '-', '-', 'b/'])
    expect(entries.map(entry => entry.source)).toEqual(['b/one.md', 'b/two.md', 'a.md', 'https://example.com/x', '-'])
    expect(entries[2]).toMatchObject({kind: 'file', path: path.join(root, 'a.md'), size: 3})
    expect(entries[3]).toMatchObject({kind: 'url', url: 'https://example.com/x'})
  })

  test('what does not exist is reported, and the walk goes on', async () => {
    await write({'a.md': ''})
    expect(await sources(['missing.md', 'a.md/below', 'a.md', 'none/*.md'])).toEqual([
      'not_found: missing.md',
      'not_found: a.md/below',
      'a.md',
      'not_found: none/*.md',
    ])
  })

  test('globs', async () => {
    await write({'docs/a.md': '', 'docs/x/b.md': '', 'docs/x/c.txt': '', 'other/d.md': '', '.github/e.md': ''})
    expect(await sources(['docs/*.md'])).toEqual(['docs/a.md'])
    expect(await sources(['docs/**/*.{md,txt}'])).toEqual(['docs/a.md', 'docs/x/b.md', 'docs/x/c.txt'])
    expect(await sources(['**/[bd].md'])).toEqual(['docs/x/b.md', 'other/d.md'])
    expect(await sources([path.join(root, 'docs', '*.md')])).toEqual(['docs/a.md'])
    expect(await sources(['.github/*.md'])).toEqual(['.github/e.md'])
  })

  test('a file whose name looks like a glob is that file', async () => {
    await write({'a[1].md': '', 'a1.md': '', 'what?.md': ''})
    expect(await sources(['a[1].md', 'what?.md'])).toEqual(['a[1].md', 'what?.md'])
  })

  test('a file outside the directory of the user has its absolute path as its name', async () => {
    await write({'here/a.md': '', 'there/b.md': ''})
    const cwd = path.join(root, 'here')
    expect(await sources(['../there', '.'], {cwd})).toEqual([path.join(root, 'there', 'b.md'), 'a.md'])
  })
})

describe('rules', () => {
  test('hidden files, packages and lock files are passed over, unless they are named', async () => {
    await write({
      '.env': '',
      '.git/config': '',
      '.github/a.md': '',
      'node_modules/p/readme.md': '',
      'package-lock.json': '{}',
      'a.md': '',
      'app.min.js': '',
    })
    expect(await sources(['.'])).toEqual(['a.md'])
    expect(await sources(['.github', 'package-lock.json', 'node_modules/p', '.env'])).toEqual([
      '.github/a.md',
      'package-lock.json',
      'node_modules/p/readme.md',
      '.env',
    ])
  })

  test('nested .gitignore and .omniignore hold as in git: the deeper and the later rule wins', async () => {
    await write({
      '.gitignore': '*.log\nbuild/\n/only-here.md\n',
      '.omniignore': 'drafts\n!keep.log\n!.github\n',
      'a.log': '',
      'keep.log': '',
      'only-here.md': '',
      'build/x.md': '',
      'drafts/y.md': '',
      '.github/ci.md': '',
      'sub/.gitignore': '!b.log\n*.tmp.md\n',
      'sub/b.log': '',
      'sub/c.log': '',
      'sub/only-here.md': '',
      'sub/d.tmp.md': '',
      'sub/build/z.md': '',
    })
    expect(await sources(['.'])).toEqual(['.github/ci.md', 'keep.log', 'sub/b.log', 'sub/only-here.md'])
  })

  test('rules above the input hold up to the root of its repository, not beyond', async () => {
    await write({
      '.gitignore': '*.md\n',
      'repo/.git/HEAD': '',
      'repo/.gitignore': 'secret*\n',
      'repo/docs/secret.txt': '',
      'repo/docs/a.md': '',
    })
    expect(await sources(['repo/docs'])).toEqual(['repo/docs/a.md'])
    expect(await sources(['repo/docs/*'])).toEqual(['repo/docs/a.md'])
  })

  test('a directory that the rules pass over is taken when it is named', async () => {
    await write({'.git/HEAD': '', '.gitignore': 'build/\n', 'build/report.md': ''})
    expect(await sources(['.'])).toEqual([])
    expect(await sources(['build'])).toEqual(['build/report.md'])
  })

  test('include and exclude', async () => {
    await write({'a.md': '', 'b.txt': '', 'x/c.md': '', 'x/old/d.md': ''})
    expect(await sources(['.'], {include: ['*.md']})).toEqual(['a.md', 'x/c.md', 'x/old/d.md'])
    expect(await sources(['.'], {include: ['*.md', '*.txt'], exclude: ['old/', '/a.md']})).toEqual(['b.txt', 'x/c.md'])
    expect(await sources(['b.txt'], {include: ['*.md']})).toEqual(['b.txt'])
  })
})

describe.skipIf(process.platform === 'win32')('what a file system can hold', () => {
  test('a name that is no UTF-8 is reported with its bytes; its neighbours are found', async () => {
    await write({'a.md': '', 'z.md': ''})
    const name = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x6e, 0xe8, 0x2e, 0x6d, 0x64])])
    await writeFile(name, 'x')
    const entries = await walk(['.'])
    expect(entries.map(entry => entry.kind)).toEqual(['file', 'skipped', 'file'])
    expect(entries[1]).toMatchObject({
      reason: 'name_not_utf8',
      failed: true,
      message: expect.stringContaining('n\\xe8.md'),
    })
  })

  test('a FIFO and a socket are passed over without being opened', async () => {
    await write({'a.md': ''})
    execFileSync('mkfifo', [path.join(root, 'pipe.md')])
    const server = createServer()
    await new Promise<void>(resolve => server.listen(path.join(root, 'socket.md'), resolve))
    try {
      expect(await sources(['.'])).toEqual(['a.md', 'special_file: pipe.md', 'special_file: socket.md'])
      const [named] = await walk(['pipe.md'])
      expect(named).toMatchObject({kind: 'skipped', reason: 'special_file', failed: true, message: 'is a FIFO'})
    } finally {
      server.close()
    }
  })

  test('symbolic links are followed only when asked for, and loops end', async () => {
    await write({'real/a.md': '', 'b.md': ''})
    await symlink('../b.md', path.join(root, 'real/link.md'))
    await symlink('..', path.join(root, 'real/up'))
    await symlink('gone', path.join(root, 'real/broken.md'))
    expect(await sources(['real'])).toEqual([
      'real/a.md',
      'symbolic_link: real/broken.md',
      'symbolic_link: real/link.md',
      'symbolic_link: real/up',
    ])
    const followed = await sources(['real'], {followSymlinks: true})
    expect(followed).toEqual(
      expect.arrayContaining(['real/a.md', 'not_found: real/broken.md', 'real/link.md', 'real/up/b.md']),
    )
    expect(followed.length).toBeLessThan(12)
  })

  test('a link that is named is followed', async () => {
    await write({'real/a.md': ''})
    await symlink('real', path.join(root, 'docs'))
    expect(await sources(['docs'])).toEqual(['docs/a.md'])
  })

  test.skipIf(process.getuid?.() === 0)('a directory without permission is reported', async () => {
    await write({'closed/a.md': '', 'open/b.md': ''})
    await chmod(path.join(root, 'closed'), 0)
    try {
      expect(await sources(['.'])).toEqual(['unreadable: closed', 'open/b.md'])
    } finally {
      await chmod(path.join(root, 'closed'), 0o700)
    }
  })

  test('a .gitignore that is a FIFO does not block', async () => {
    await write({'a.md': ''})
    execFileSync('mkfifo', [path.join(root, '.gitignore')])
    expect(await sources(['.'])).toEqual(['a.md'])
  })
})

test('a walk stops when it is cancelled', async () => {
  await write({'a/1.md': '', 'b/2.md': ''})
  const controller = new AbortController()
  const walked = walkSources(['.'], {cwd: root, signal: controller.signal})
  await walked.next()
  controller.abort()
  await expect(walked.next()).rejects.toThrow(CancelledError)
})

describe('sourceName', () => {
  test('on POSIX a backslash is part of a name', () => {
    expect(sourceName('/home/u/docs/a\\b.md', '/home/u', path.posix)).toBe('docs/a\\b.md')
    expect(sourceName('/srv/x.md', '/home/u', path.posix)).toBe('/srv/x.md')
    expect(sourceName('/home/u/..a/x.md', '/home/u', path.posix)).toBe('..a/x.md')
  })

  test('on Windows it becomes a slash', () => {
    expect(sourceName('C:\\Users\\u\\docs\\a.md', 'C:\\Users\\u', path.win32)).toBe('docs/a.md')
    expect(sourceName('D:\\data\\a.md', 'C:\\Users\\u', path.win32)).toBe('D:/data/a.md')
    expect(sourceName('C:\\a.md', 'C:\\Users\\u', path.win32)).toBe('C:/a.md')
  })
})
