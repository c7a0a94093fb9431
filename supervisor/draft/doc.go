// Package draft is kinesnow init: it writes a first configuration, from what is
// said on a command line, what Openflow's parameters say, and what this machine
// tells. What nobody said is a placeholder, and listed.
package draft
