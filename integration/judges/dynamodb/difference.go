package dynamodb

import (
	"regexp"
)

// difference is a kind of answer in which localdynamo means to differ from a
// server that judges it, although the other one does not say the same.
type difference struct {
	judge  string         // by name
	op     *regexp.Regexp // of the request, as request.String writes it
	theirs *regexp.Regexp // of their answer, as answer.String writes it
	ours   *regexp.Regexp // of localdynamo's
	other  *regexp.Regexp // of the server that is asked besides
	why    string         // the reason and where it can be read
	varies bool           // their answer is not the same in each run
}

// covers tells whether the difference explains two answers to a request.
func (d difference) covers(judge string, r request, theirs, ours, other answer) bool {
	return d.judge == judge && d.op.MatchString(r.String()) && d.theirs.MatchString(theirs.String()) &&
		d.ours.MatchString(ours.String()) && d.other.MatchString(other.String())
}

func meant(judge, op, theirs, ours, why string) difference {
	return difference{judge, regexp.MustCompile(op), regexp.MustCompile(theirs), regexp.MustCompile(ours), regexp.MustCompile(every), why, false}
}

// sometimes is the difference from a server that answers so in some runs and
// otherwise in others: not meeting it does not make it stale.
func (d difference) sometimes() difference {
	d.varies = true
	return d
}

// ifOther is the difference only where the server that is asked besides says
// such an answer.
func (d difference) ifOther(says string) difference {
	d.other = regexp.MustCompile(says)
	return d
}

const (
	every   = ``                    // matches every request or answer
	refused = `^400 \w*Exception: ` // any refusal
	failed  = `^[45]\d\d `          // any status of 400 and above
	wrong   = `^400 ValidationException: `

	// noThroughput is the refusal of a throughput.
	noThroughput = wrong + `One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST$`
)

// Sources of what the service says. dynalite's texts were compared with the
// service's; the catalogue was recorded from the service in October 2026.
const (
	fromDynalite  = " (dynalite 4.0.0, whose tests ran against the service)"
	fromCatalogue = " (ack-api-quirks, finding DDB-TABLE-442: texts recorded from the service, October 2026)"
	fromUsers     = " (dynamoose issue 1406: what the service says to such an update)"
	fromReference = " (DynamoDB API reference)"
	fromGuide     = " (DynamoDB Developer Guide)"
)

// differences are all of them, those of DynamoDB Local first.
var differences = []difference{
	// The same refusal in other words.
	meant(dynamoDBLocal, every, wrong+`Value .* failed to satisfy constraint`, wrong+`(\d+ validation errors? detected: |The parameter 'TableName')`,
		"the service counts and lists violated constraints; DynamoDB Local names the first one bare"+fromDynalite),
	meant(dynamoDBLocal, every, wrong+`(Member must|The batch write request list|Too many items requested|Names of key attributes|TimeToLiveSpecification cannot|AttributeName cannot be null|BatchGetItem must|BatchWriteItem cannot|If segment is|Key Schema too big|Requested resource not found)`,
		wrong+`(\d+ validation errors? detected: |The TotalSegments parameter)`, "constraints of the API's model, for some of which DynamoDB Local has words of its own"+fromDynalite),
	meant(dynamoDBLocal, every, `^400 ResourceNotFoundException: Cannot do operations on a non-existent table`, `^400 ResourceNotFoundException: Requested resource not found`,
		"the service's words for a missing table, here where dynalite has something else to say"+fromDynalite),
	meant(dynamoDBLocal, `^(Create|Update)Table `, wrong, wrong+`(\d+ validation errors? detected: |One or more parameter values were invalid: |Attribute Name is duplicated|At least one of )`,
		"a wrong definition, refused by both; the service's words"+fromCatalogue),
	meant(dynamoDBLocal, `^CreateTable `, `^400 ResourceInUseException: Cannot create preexisting table`, `^400 ResourceInUseException: Table already exists: judged$`,
		"the service's words (reports of its users: 'ResourceInUseException: Table already exists: Orders')"),
	meant(dynamoDBLocal, `^PutItem `, wrong+`Empty attribute name`, `Empty attribute name$`, "prefixed like the service's other parameter errors"+fromCatalogue),
	meant(dynamoDBLocal, `^PutItem `, wrong+`The supplied Item contains a null`, wrong+`Supplied AttributeValue is empty`, "a null value has none of the datatypes: the service's words for that"+fromDynalite),
	meant(dynamoDBLocal, `^DeleteItem `, wrong+`Return values set to invalid value`, `ReturnValues can only be ALL_OLD or NONE`, "the service's words, which dynalite has for PutItem only"+fromDynalite),
	meant(dynamoDBLocal, every, `only supports precision up to 38 digits`, `more than 38 significant digits`, "the service's words, here for a sum, which dynalite does not check"+fromDynalite),
	meant(dynamoDBLocal, every, `operand type: \{[A-Z,]*DOUBLE`, `operand type: \{B,NULL,SS`, "the types in no order; DynamoDB Local's list has types that DynamoDB has not"+fromGuide),
	meant(dynamoDBLocal, every, `IndexName: locp, IndexKey: x`, `IndexName: byx, IndexKey: x`, "an empty key of several indexes, one of which is named; which one is open, localdynamo names a global one first"),
	meant(dynamoDBLocal, `^UpdateTimeToLive `, `on a different AttributeName$`, `current AttributeName is x$`, "the service names the attribute, too"+fromCatalogue),
	meant(dynamoDBLocal, `^Transact`, `^400 TransactionCanceledException: `, `^400 TransactionCanceledException: .*"CancellationReasons"`,
		"a reason for each action, each in the words of the single operation"+fromReference),
	meant(dynamoDBLocal, every, `^400 IdempotentParameterMismatchException: $`, `^400 IdempotentParameterMismatchException: The request uses`, "DynamoDB Local gives no text"+fromReference),

	// Another outcome.
	meant(dynamoDBLocal, every, `^500 InternalFailure`, `^400 SerializationException`, "a body of the wrong shape is the client's fault"+fromDynalite),
	meant(dynamoDBLocal, every, `^(200|400)`, `^400 SerializationException: .* cannot be converted to `, "a value of the wrong JSON type is refused by the service and converted by DynamoDB Local"+fromDynalite),
	meant(dynamoDBLocal, `^TransactWriteItems `, wrong+`(The provided expression refers|One of the required keys|The number of conditions)`, `^400 TransactionCanceledException: .*ValidationError`,
		"an action that does not fit its item cancels the transaction with the reason ValidationError"+fromReference),
	meant(dynamoDBLocal, `^TransactWriteItems `, `"CapacityUnits":2`, `"CapacityUnits":4`, "a transaction costs two units for each KB"+fromGuide),
	meant(dynamoDBLocal, `ReturnItemCollectionMetrics`, `^200`, `ItemCollectionMetrics`, "the item collection of a table with local indexes is reported when asked for"+fromReference),
	meant(dynamoDBLocal, `^UpdateTable .*"Update"`, wrong+`Invalid global secondary index name`, `^400 ResourceNotFoundException`, "an index that is not there is a resource not found"+fromReference),
	meant(dynamoDBLocal, `^UpdateTable `, `^400 ResourceNotFoundException`, wrong+`At least one of`, "what is wrong whatever the tables are is said before a missing table"+fromCatalogue),
	meant(dynamoDBLocal, `^UpdateTable `, `^200`, wrong+`.*Some AttributeDefinitions are not used`, "attributes that are no keys are refused"+fromCatalogue),
	meant(dynamoDBLocal, `^UpdateTable `, `^200`, noThroughput, "a table on demand takes no throughput; DynamoDB Local takes or refuses it, from run to run"+fromUsers).sometimes(),
	meant(dynamoDBLocal, `^DeleteTable `, `^200 .*GlobalSecondaryIndexes`, `^200 .*TableDescription`, "a table that is deleted shows its global indexes no more"+fromDynalite),
	meant(dynamoDBLocal, every, `"N":"\+3"`, `"N":"3"`, "numbers come back in one form"+fromGuide),

	// dynalite: what it lacks.
	meant(dynalite, every, `^400 UnknownOperationException`, every, "an operation that dynalite lacks"+fromReference),
	meant(dynalite, `^CreateTable `, `^400 ResourceInUseException: $`, `^400 ResourceInUseException: Table already exists: judged$`, "dynalite gives no text"),
	meant(dynalite, every, wrong+`\d+ validation errors? detected: Value '[\[{]`, wrong+`(1 validation error detected: Value at '|Too many items)`, "dynalite writes the whole offending list or map out, localdynamo its place"),
	meant(dynalite, `^UpdateTable .*"Create"`, wrong+`.*create.provisionedThroughput' failed`, every, "an index of a table on demand has no throughput"+fromReference),
	meant(dynalite, `^(DescribeTable|DeleteTable) `, `^200 .*`, `"AttributeName":"x"`, "the index of the line before, which dynalite refused to make"),
	meant(dynalite, `^(Create|Update)Table `, wrong, wrong+`(At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSE|Attribute Name is duplicated|One or more parameter values were invalid: (AttributeDefinitions is not specified|List of GlobalSecondaryIndexUpdates))`,
		"the service's words of today"+fromCatalogue),
	meant(dynalite, `^DeleteTable \{"TableName":"judged"\}`, `^400 ResourceNotFoundException`, `^200 .*TableDescription`,
		"dynalite had lost the table that the chapter before left behind, in one run of six").sometimes(),
	meant(dynalite, `^UpdateTable `, `^200`, noThroughput, "a table on demand takes no throughput; where DynamoDB Local refuses it, too, dynalite stands alone"+fromUsers).sometimes(),
	meant(dynalite, every, `^(200|400 ConditionalCheckFailedException)`, refused, "dynalite lets through what DynamoDB Local refuses, too, in words of its own"+fromReference).ifOther(failed),
	meant(dynalite, every, wrong+`.*arn:aws:dynamodb`, `^400 ResourceNotFoundException`, "a table may be named by its ARN"+fromReference),
	meant(dynalite, every, `numeric value: \+3`, `^200 .*"N":"3"`, "a sign is part of a number; DynamoDB Local takes it"+fromGuide),
	meant(dynalite, every, `operand type: \{NS,SS`, `operand type: \{B,NULL,SS`, "the types in no order"),
	meant(dynalite, `ReturnItemCollectionMetrics`, `^200`, `^200 .*ItemCollectionMetrics`, "capacity of indexes and item collections, which dynalite does not count"+fromReference),
}
