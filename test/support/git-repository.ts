import {execFileSync, spawn} from 'node:child_process'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {onTestFinished} from 'vitest'

const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgSign=false']

/** Runs git in a directory, and gives what it says. */
export function git(directory: string, ...args: string[]): string {
  const env = {PATH: process.env.PATH ?? '', HOME: directory, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1'}
  return execFileSync('git', [...identity, ...args], {cwd: directory, env, encoding: 'utf8', stdio: 'pipe'}).trim()
}

/** Commits everything in a directory, under a tag where one is given; gives the commit. */
export function commitAll(directory: string, tag?: string): string {
  git(directory, 'init', '--quiet', '--initial-branch=main')
  git(directory, 'add', '--all', '--force', '.')
  git(directory, 'commit', '--quiet', '--allow-empty', '--message=state')
  if (tag !== undefined) git(directory, 'tag', '--annotate', `--message=${tag}`, tag)
  return git(directory, 'rev-parse', 'HEAD')
}

/** Serves the repositories below a directory by git's own HTTP server (git help http-backend); gives its address. */
export async function serveRepositories(directory: string): Promise<{base: string; requests: string[]}> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://localhost')
    requests.push(`${request.method} ${url.pathname}`)
    const cgi = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: directory,
        GIT_PROJECT_ROOT: directory,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: request.headers['git-protocol'] as string | undefined,
        PATH_INFO: decodeURIComponent(url.pathname),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'],
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
        REMOTE_ADDR: '127.0.0.1',
      },
    })
    request.pipe(cgi.stdin)
    cgi.stdin.on('error', () => undefined)
    const parts: Buffer[] = []
    cgi.stdout.on('data', (part: Buffer) => parts.push(part))
    cgi.on('close', () => {
      const answer = Buffer.concat(parts)
      const end = answer.indexOf('\r\n\r\n')
      for (const line of answer.toString('latin1', 0, end).split('\r\n')) {
        const colon = line.indexOf(':')
        const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()]
        if (name === 'Status') response.statusCode = Number.parseInt(value, 10)
        else if (colon > 0) response.setHeader(name, value)
      }
      response.end(answer.subarray(end + 4))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests}
}
