// Unit and meaning of the metrics of the namespaces that the bridge discovers. CloudWatch's answers have neither.
// Sources: the CloudWatch metrics page of each service's guide (ECS, Container Insights, Application Load Balancers,
// ElastiCache for Redis, Lambda). A metric that is not here has no unit and no help of its own.

/** CloudWatch's unit (MetricDatum.Unit) and a line of help; '' where unknown. */
export type MetricFacts = { readonly unit: string; readonly help: string };

/** Unit and help of a metric; unit `None` and no help when it is not in the table. */
export function metricFacts(namespace: string, metric: string): MetricFacts {
  const [unit = 'None', help = ''] = facts[namespace]?.[metric] ?? [];
  return { unit, help };
}

type Facts = Readonly<Record<string, readonly [unit: string, help: string]>>;

const ecs: Facts = {
  CPUUtilization: ['Percent', 'CPU in use of what tasks reserve'],
  MemoryUtilization: ['Percent', 'memory in use of what tasks reserve'],
  EBSFilesystemUtilization: ['Percent', 'EBS file system in use'],
  CPUReservation: ['Percent', 'CPU of the cluster that running tasks reserve'],
  MemoryReservation: ['Percent', 'memory of the cluster that running tasks reserve'],
  GPUReservation: ['Percent', 'GPUs of the cluster that running tasks reserve'],
  ActiveConnectionCount: ['Count', 'connections to tasks through Service Connect'],
  NewConnectionCount: ['Count', 'new connections through Service Connect'],
  ProcessedBytes: ['Bytes', 'inbound bytes through Service Connect'],
  RequestCount: ['Count', 'requests through Service Connect'],
  RequestCountPerTarget: ['Count', 'requests per task through Service Connect'],
  HTTPCode_Target_2XX_Count: ['Count', 'answers 200 to 299 of tasks through Service Connect'],
  HTTPCode_Target_3XX_Count: ['Count', 'answers 300 to 399 of tasks through Service Connect'],
  HTTPCode_Target_4XX_Count: ['Count', 'answers 400 to 499 of tasks through Service Connect'],
  HTTPCode_Target_5XX_Count: ['Count', 'answers 500 to 599 of tasks through Service Connect'],
  TargetResponseTime: ['Milliseconds', 'time that tasks take to answer through Service Connect'],
};

const containerInsights: Facts = {
  CpuUtilized: ['None', 'CPU units in use'],
  CpuReserved: ['None', 'CPU units that tasks reserve'],
  MemoryUtilized: ['Megabytes', 'memory in use'],
  MemoryReserved: ['Megabytes', 'memory that tasks reserve'],
  NetworkRxBytes: ['Bytes/Second', 'bytes received'],
  NetworkTxBytes: ['Bytes/Second', 'bytes sent'],
  StorageReadBytes: ['Bytes', 'bytes read from storage'],
  StorageWriteBytes: ['Bytes', 'bytes written to storage'],
  EphemeralStorageUtilized: ['Gigabytes', 'ephemeral storage in use'],
  EphemeralStorageReserved: ['Gigabytes', 'ephemeral storage that tasks reserve'],
  EBSFilesystemSize: ['Gigabytes', 'size of the EBS file system'],
  EBSFilesystemUtilized: ['Gigabytes', 'EBS file system in use'],
  RestartCount: ['Count', 'restarts of containers'],
  DesiredTaskCount: ['Count', 'tasks that the service wants'],
  RunningTaskCount: ['Count', 'tasks that run'],
  PendingTaskCount: ['Count', 'tasks that are starting'],
  DeploymentCount: ['Count', 'deployments of the service'],
  TaskSetCount: ['Count', 'task sets of the service'],
  TaskCount: ['Count', 'tasks that run in the cluster'],
  ServiceCount: ['Count', 'services of the cluster'],
  ContainerInstanceCount: ['Count', 'EC2 instances with a container agent'],
  TaskCpuUtilization: ['Percent', 'CPU in use of what the task reserves'],
  TaskMemoryUtilization: ['Percent', 'memory in use of what the task reserves'],
  TaskEphemeralStorageUtilization: ['Percent', 'ephemeral storage in use of the task'],
  TaskEBSFilesystemUtilization: ['Percent', 'EBS file system in use of the task'],
  ContainerCpuUtilized: ['None', 'CPU units in use by the container'],
  ContainerCpuReserved: ['None', 'CPU units that the container reserves'],
  ContainerCpuUtilization: ['Percent', 'CPU in use of what the container reserves'],
  ContainerMemoryUtilized: ['Megabytes', 'memory in use by the container'],
  ContainerMemoryReserved: ['Megabytes', 'memory that the container reserves'],
  ContainerMemoryUtilization: ['Percent', 'memory in use of what the container reserves'],
  ContainerNetworkRxBytes: ['Bytes/Second', 'bytes that the container receives'],
  ContainerNetworkTxBytes: ['Bytes/Second', 'bytes that the container sends'],
  ContainerStorageReadBytes: ['Bytes', 'bytes that the container reads from storage'],
  ContainerStorageWriteBytes: ['Bytes', 'bytes that the container writes to storage'],
  UnHealthyContainerHealthStatus: ['Count', 'whether the health check of the container fails'],
};

const loadBalancer: Facts = {
  ActiveConnectionCount: ['Count', 'connections to clients and targets'],
  NewConnectionCount: ['Count', 'new connections to clients and targets'],
  RejectedConnectionCount: ['Count', 'connections refused because of a limit'],
  ClientTLSNegotiationErrorCount: ['Count', 'TLS handshakes of clients that failed'],
  ConsumedLCUs: ['Count', 'load balancer capacity units used'],
  ProcessedBytes: ['Bytes', 'bytes processed'],
  RequestCount: ['Count', 'requests for which a target was chosen'],
  RequestCountPerTarget: ['Count', 'requests per target of a group'],
  RuleEvaluations: ['Count', 'rules evaluated'],
  HTTP_Redirect_Count: ['Count', 'redirects answered'],
  HTTP_Fixed_Response_Count: ['Count', 'fixed responses answered'],
  HTTPCode_ELB_3XX_Count: ['Count', 'answers 300 to 399 of the load balancer itself'],
  HTTPCode_ELB_4XX_Count: ['Count', 'answers 400 to 499 of the load balancer itself'],
  HTTPCode_ELB_5XX_Count: ['Count', 'answers 500 to 599 of the load balancer itself'],
  HTTPCode_ELB_502_Count: ['Count', 'answers 502 of the load balancer itself'],
  HTTPCode_ELB_503_Count: ['Count', 'answers 503 of the load balancer itself'],
  HTTPCode_ELB_504_Count: ['Count', 'answers 504 of the load balancer itself'],
  HTTPCode_Target_2XX_Count: ['Count', 'answers 200 to 299 of targets'],
  HTTPCode_Target_3XX_Count: ['Count', 'answers 300 to 399 of targets'],
  HTTPCode_Target_4XX_Count: ['Count', 'answers 400 to 499 of targets'],
  HTTPCode_Target_5XX_Count: ['Count', 'answers 500 to 599 of targets'],
  TargetConnectionErrorCount: ['Count', 'connections to targets that failed'],
  TargetTLSNegotiationErrorCount: ['Count', 'TLS handshakes with targets that failed'],
  TargetResponseTime: ['Seconds', 'time from the request to the answer of the target'],
  HealthyHostCount: ['Count', 'targets that are healthy'],
  UnHealthyHostCount: ['Count', 'targets that are not healthy'],
  IPv6RequestCount: ['Count', 'requests over IPv6'],
  IPv6ProcessedBytes: ['Bytes', 'bytes processed over IPv6'],
};

const cache: Facts = {
  CPUUtilization: ['Percent', 'CPU in use of the node'],
  EngineCPUUtilization: ['Percent', 'CPU in use of the thread of the engine'],
  FreeableMemory: ['Bytes', 'memory that is free on the node'],
  SwapUsage: ['Bytes', 'swap in use on the node'],
  NetworkBytesIn: ['Bytes', 'bytes that the node received'],
  NetworkBytesOut: ['Bytes', 'bytes that the node sent'],
  BytesUsedForCache: ['Bytes', 'memory in use for the data'],
  DatabaseMemoryUsagePercentage: ['Percent', 'memory in use of what the node may use'],
  CurrConnections: ['Count', 'connections of clients'],
  NewConnections: ['Count', 'connections accepted'],
  CurrItems: ['Count', 'items in the cache'],
  CacheHits: ['Count', 'look-ups that found a key'],
  CacheMisses: ['Count', 'look-ups that found none'],
  CacheHitRate: ['Percent', 'look-ups that found a key'],
  Evictions: ['Count', 'keys evicted because of the memory limit'],
  Reclaimed: ['Count', 'keys that expired'],
  ReplicationLag: ['Seconds', 'how far the replica is behind the primary'],
  ReplicationBytes: ['Bytes', 'bytes that the primary sends to its replicas'],
  IsMaster: ['Count', 'whether the node is the primary'],
  GetTypeCmds: ['Count', 'reading commands'],
  SetTypeCmds: ['Count', 'writing commands'],
};

const lambda: Facts = {
  Invocations: ['Count', 'invocations of the function'],
  Errors: ['Count', 'invocations that failed'],
  Throttles: ['Count', 'invocations refused for lack of concurrency'],
  Duration: ['Milliseconds', 'time that the function ran'],
  ConcurrentExecutions: ['Count', 'executions at once'],
  UnreservedConcurrentExecutions: ['Count', 'executions at once of functions without reservation'],
  ProvisionedConcurrentExecutions: ['Count', 'executions at once on provisioned concurrency'],
  ProvisionedConcurrencyUtilization: ['None', 'share of the provisioned concurrency in use'],
  DeadLetterErrors: ['Count', 'events that could not be sent to the dead-letter queue'],
  DestinationDeliveryFailures: ['Count', 'results that could not be sent to the destination'],
  AsyncEventsReceived: ['Count', 'asynchronous events received'],
  AsyncEventAge: ['Milliseconds', 'age of an asynchronous event when the function was invoked'],
  AsyncEventsDropped: ['Count', 'asynchronous events dropped'],
  IteratorAge: ['Milliseconds', 'age of the last record that was read from a stream'],
};

const facts: Readonly<Record<string, Facts>> = {
  'AWS/ECS': ecs,
  'ECS/ContainerInsights': containerInsights,
  'AWS/ApplicationELB': loadBalancer,
  'AWS/ElastiCache': cache,
  'AWS/Lambda': lambda,
};
