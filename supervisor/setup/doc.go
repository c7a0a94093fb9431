// Package setup says what a configuration needs from those who run the account
// and the network: the least IAM policy (IAM), the SQL that makes user, role,
// table and rights (Grants), and the hosts and ports that have to be reached
// (Network). It works everything out from the configuration and asks nobody.
package setup
