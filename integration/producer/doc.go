// Package producer puts user records together as the Kinesis Producer Library
// does, for the streams of tests, simulations and demonstrations. The product
// itself never aggregates.
package producer
