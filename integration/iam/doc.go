// Package iam is what identity-based policies mean to the local Kinesis and
// DynamoDB: which calls are allowed, and the words in which others are refused.
package iam
