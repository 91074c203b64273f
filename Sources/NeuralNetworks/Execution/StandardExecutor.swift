/// What networks are trained and predict with unless another is named.
let standardExecutor: any Executor = OneDNNExecutor()
