"""Generated from the .proto files beside them by scripts/protos.sh."""
