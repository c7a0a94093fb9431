// Package kcl has the Java judges of the Kinesis side: AWS's SDK 2, the Kinesis
// Client Library 3 as a consumer by polling and by enhanced fan-out, and the
// Kinesis Producer Library with its native daemon.
//
//	sdk       every operation in CBOR over cleartext HTTP/2     AwsSdk.java
//	consumer  three KCL workers, one after the other:           KclWorker.java
//	          A reads through a split and a merge and dies of kill -9 in the
//	          middle of an aggregated record; B takes its leases over and is
//	          stopped; C goes on from the lease table
//	taken over  a KCL worker dies in the middle of an aggregate; kinesnow migrates
//	          its lease table and goes on behind its last checkpoints
//	producer  aggregated records, TLS, a split on the way       KplProducer.java
//	aggregators  libraries that aggregate without the KPL      Aggregate.java, aggregate.py, aggregate.mjs
//
// What the producer and the aggregators make is also read by the connector's own
// source, and its rows are held against what was put.
//
// The programs say what happened to them and judge nothing, but for AwsSdk;
// what they say is held here against what was put.
//
// recorded has what the KCL wrote into its lease table and what the KPL put,
// as recorded by these judges; the README of its testdata names versions.
package kcl
