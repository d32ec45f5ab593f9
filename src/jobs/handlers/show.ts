import type {Handler} from '../../operation/operation.ts'
import {findJob} from '../job-book.ts'
import type {jobsShow} from '../operations/show.ts'
import {jobOut} from './job-output.ts'

export const handle: Handler<typeof jobsShow> = async ({id}, context) => jobOut(await findJob(context, id))
