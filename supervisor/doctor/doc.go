// Package doctor examines one connector's surroundings before it runs, or
// beside it: what its identities may do at AWS and in Snowflake, what the names
// in its configuration stand for, and what is wrong with the place it runs in.
//
//	facts    asked once, by whichever check comes first: the stream, the lease
//	         table and its rows, the sign-ins, the rights of the role, the target
//	checks   run at the same time, each for at most ten seconds, and say what
//	         they found; none waits for another one's findings
//	report   the findings in one order, what is missing as an IAM policy and as
//	         SQL to paste, and an exit code
//
// Nothing is written anywhere, and nothing that runs is disturbed: an action is
// tried by a call that can only be refused for something else once it is
// authorised. What could not be tried so is reported as untested, with the
// reason. docs/doctor.md says how each check asks.
package doctor
