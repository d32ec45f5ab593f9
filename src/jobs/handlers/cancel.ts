import type {Handler} from '../../operation/operation.ts'
import {cancelJob} from '../job-book.ts'
import type {jobsCancel} from '../operations/cancel.ts'
import {jobOut} from './job-output.ts'

export const handle: Handler<typeof jobsCancel> = async ({id}, context) => jobOut(await cancelJob(context, id))
