// Package openflow reads what Openflow, or NiFi under it, exports of a connector's
// parameters, and says which keys of a configuration they are.
//
//	export.go      a flow definition, a parameter context, a list NAME: VALUE
//	parameters.go  the names of Openflow's page on its Kinesis connector, and our keys
//
// Exports have no sensitive values, and one that has them all the same is not
// repeated: such a parameter becomes a reference, ${VAR}. What is not known is
// listed. Nothing is dropped in silence.
package openflow
