// The ECS API's answers as the SDK types them.
export type {
  Cluster,
  Container as SdkContainer,
  Deployment as SdkDeployment,
  Service as SdkService,
  ServiceEvent as SdkServiceEvent,
  ServiceRevision as SdkServiceRevision,
  Task as SdkTask,
} from '@aws-sdk/client-ecs';
