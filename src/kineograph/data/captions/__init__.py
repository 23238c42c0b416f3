"""Pictures and what people say of them: records, folders, batches."""
