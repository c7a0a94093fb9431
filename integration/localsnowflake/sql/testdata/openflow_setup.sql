-- The statements of "Set up Openflow Connector for Amazon Kinesis Data Streams"
-- (docs.snowflake.com), in the page's order and words.

USE ROLE securityadmin;

CREATE ROLE openflow_kinesis_connector_role_1;

GRANT USAGE ON DATABASE kinesis_db TO ROLE openflow_kinesis_connector_role_1;

GRANT USAGE ON SCHEMA kinesis_schema TO ROLE openflow_kinesis_connector_role_1;

USE ROLE openflow_kinesis_connector_role_1;

CREATE TABLE kinesis_db.kinesis_schema.<DESTINATION_TABLE_NAME> (
  kinesisMetadata object
)
ENABLE_SCHEMA_EVOLUTION = TRUE
ERROR_LOGGING = TRUE;

USE ROLE securityadmin;

GRANT OWNERSHIP ON TABLE <DESTINATION_TABLE_NAME> TO ROLE openflow_kinesis_connector_role_1;

ALTER TABLE <DESTINATION_TABLE> SET ROW_TIMESTAMP = TRUE;

USE ROLE ACCOUNTADMIN;

GRANT USAGE ON EXTERNAL VOLUME kinesis_external_volume TO ROLE openflow_kinesis_connector_role_1;

CREATE OR REPLACE ICEBERG TABLE my_iceberg_table (
  kinesisMetadata OBJECT(
    stream STRING,
    shardId STRING,
    approximateArrival STRING,
    partitionKey STRING,
    sequenceNumber STRING,
    subSequenceNumber INTEGER,
    shardedSequenceNumber STRING
  ),
  id INT,
  name string,
  body_temperature float,
  approved_coffee_types array(string),
  animals_possessed variant,
  date_added date,
  options object(can_walk boolean, can_talk boolean)
)
EXTERNAL_VOLUME = 'my_volume'
CATALOG = 'SNOWFLAKE'
BASE_LOCATION = 'my_location/my_iceberg_table'
ICEBERG_VERSION = 3;

CREATE INTERACTIVE TABLE REALTIME_METRICS (
  metric_name VARCHAR,
  metric_value NUMBER,
  source_topic VARCHAR,
  timestamp TIMESTAMP_NTZ
) CLUSTER BY (metric_name)
AS (SELECT
  $1:M_NAME::VARCHAR,
  $1:M_VALUE::NUMBER,
  $1:RECORD_METADATA.topic::VARCHAR,
  $1:RECORD_METADATA.timestamp::TIMESTAMP_NTZ
from TABLE(DATA_SOURCE(TYPE => 'STREAMING')));

CREATE TABLE ORDERS (
  kinesisMetadata OBJECT,
  order_id NUMBER,
  customer_name VARCHAR,
  order_total FLOAT,
  ispaid BOOLEAN
);

CREATE TABLE ORDERS (
  order_id VARCHAR,
  customer_name VARCHAR,
  order_total VARCHAR,
  ispaid VARCHAR
);

CREATE PIPE ORDERS AS
COPY INTO ORDERS
FROM (
  SELECT
    $1:order_id::STRING,
    $1:customer_name,
    $1:order_total::STRING,
    $1:isPaid::STRING
  FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING'))
);
