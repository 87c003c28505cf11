#!/bin/sh
# Write the Python side of the .proto files anew. Needs `pip install grpcio-tools==1.75.1`, whose output works with
# protobuf 6.33 and 7.
set -eu
cd "$(dirname "$0")/.."
folder=aitp_gym/provers/hollight/holist/proto
"${PYTHON:-python3}" -m grpc_tools.protoc -I . --python_out=. "$folder"/*.proto
"${PYTHON:-python3}" -m grpc_tools.protoc -I . --grpc_python_out=. "$folder"/proof_assistant.proto
