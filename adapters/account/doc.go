// Package account knows what every part that signs in to a Snowflake account
// must agree on: which hosts may be given its credentials, how a proxy is
// used, and in what forms a private key comes. It reads no file and sends
// nothing, and knows no other part of the house.
//
// # Hosts
//
// A credential goes to Snowflake's own domains over https on port 443, or to
// loopback, and nowhere else. Control judges the configured host, Ingest the
// one that the service names for rows, TokenURL the authorization server's:
//
//	host                                     may get
//	ACCOUNT.snowflakecomputing.com           JWT, PAT, OAuth token (sign-in, SQL)
//	  .cn for regions of China, ACCOUNT.privatelink... for PrivateLink
//	what it names, in the same domain        the token for rows
//	token_url, any host, https               client id and secret, nothing of Snowflake's
//	127.0.0.1, ::1, localhost, http or https all of it, where the host above is configured so
//
// # Proxies
//
// A proxy sees CONNECT HOST:443 and then ciphertext. http, which is loopback's
// alone, never goes through one.
package account
