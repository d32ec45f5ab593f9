import * as z from 'zod'
import type {SettingDeclaration} from '../operation/plugin.ts'
import {certificateEntry} from './certificate-entry.ts'

/** Signatures with a key pair: whoever checks a token must not be able to make one. */
const algorithms = /^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/

export const serverSettings: readonly SettingDeclaration[] = [
  {
    name: 'server.body_limit_mb',
    description: 'The largest request that `omni serve` reads',
    schema: () => z.number().positive().max(1024),
    default: 32,
  },
  {
    name: 'server.requests_per_minute',
    description: 'How many requests one key or person may send in a minute',
    schema: () => z.int().min(1).max(10_000_000),
    default: 6_000,
  },
  {
    name: 'server.jobs',
    description: 'How many jobs one server runs at once; 0 leaves them to others',
    schema: () => z.int().min(0).max(64),
    default: 2,
  },
  {
    name: 'server.drain_delay_seconds',
    description: 'How long a server that is told to end goes on while /readyz says so, for balancers to look elsewhere',
    schema: () => z.number().min(0).max(10),
    default: 0,
  },
  {
    name: 'server.client_certificates',
    description: 'Which client certificate stands for which key: `SHA-256 or subject => key prefix; …`',
    schema: () =>
      z.string().refine(text => text.split(';').every(each => each.trim() === '' || certificateEntry.test(each)), {
        message: 'must be FINGERPRINT => PREFIX; …, where PREFIX is the twelve characters that `omni keys list` shows',
      }),
  },
  {
    name: 'server.jwt.issuer',
    description: 'The OpenID Connect provider whose tokens let people in',
    schema: () => z.url(),
  },
  {
    name: 'server.jwt.audience',
    description: 'What its tokens must name as their audience',
    schema: () => z.string().min(1),
  },
  {
    name: 'server.jwt.jwks_url',
    description: "Where the provider's keys are, if it does not say so itself",
    schema: () => z.url(),
  },
  {
    name: 'server.jwt.algorithms',
    description: 'The signatures that are accepted, separated by commas',
    schema: () =>
      z.string().refine(text => text.split(',').every(each => algorithms.test(each.trim())), {
        message: 'only signatures with a key pair: RS256, PS256, ES256, EdDSA and their longer forms',
      }),
    default: 'RS256,PS256,ES256,EdDSA',
  },
  {
    name: 'server.jwt.roles_claim',
    description: "The claim that lists a person's roles, such as realm_access.roles",
    schema: () => z.string().min(1),
    default: 'roles',
  },
  {
    name: 'server.jwt.tenant_claim',
    description: 'The claim that names the tenant, or several of which the first is the usual one',
    schema: () => z.string().min(1),
    default: 'tenant',
  },
  {
    name: 'server.jwt.groups_claim',
    description: "The claim that lists a person's groups",
    schema: () => z.string().min(1),
    default: 'groups',
  },
  {
    name: 'server.jwt.role_scopes',
    description: 'What each role may do: `reader=rag:read audit:read; admin=*`',
    schema: () =>
      z.string().regex(/^(\s*[^=;\s]+\s*=[^=;]*)(;\s*[^=;\s]+\s*=[^=;]*)*;?\s*$/, 'must be role=scope scope; …'),
  },
]
