"""The interface for programs: orders, stock, plan and statements over HTTP, described by OpenAPI."""
