// Under which names the services are addressed on the wire, in IAM and in XML.
import type { ServiceName } from './call/context.ts';

/** How a service is addressed on the wire. */
export type ServiceFace = {
  /** Prefix of `X-Amz-Target`. */
  readonly target: string | undefined;
  /** Name in the SigV4 credential scope. */
  readonly scope: string;
  /** Prefix of IAM actions. */
  readonly iamPrefix: string;
  /** XML namespace of the query protocol. */
  readonly xmlns: string;
  /** Error of the service for trouble of its own. */
  readonly internalError: string;
};

/** The services. */
export const faces: Readonly<Record<ServiceName, ServiceFace>> = {
  apigateway: {
    target: undefined,
    scope: 'apigateway',
    iamPrefix: 'apigateway',
    xmlns: '',
    internalError: 'InternalFailure',
  },
  aps: {
    target: undefined,
    scope: 'aps',
    iamPrefix: 'aps',
    xmlns: '',
    internalError: 'InternalServerException',
  },
  autoscaling: {
    target: undefined,
    scope: 'autoscaling',
    iamPrefix: 'autoscaling',
    xmlns: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    internalError: 'InternalFailure',
  },
  dms: {
    target: 'AmazonDMSv20160101',
    scope: 'dms',
    iamPrefix: 'dms',
    xmlns: '',
    internalError: 'InternalFailure',
  },
  shield: {
    target: 'AWSShield_20160616',
    scope: 'shield',
    iamPrefix: 'shield',
    xmlns: '',
    internalError: 'InternalErrorException',
  },
  storagegateway: {
    target: 'StorageGateway_20130630',
    scope: 'storagegateway',
    iamPrefix: 'storagegateway',
    xmlns: '',
    internalError: 'InternalServerError',
  },
  ecs: {
    target: 'AmazonEC2ContainerServiceV20141113',
    scope: 'ecs',
    iamPrefix: 'ecs',
    xmlns: 'http://ecs.amazonaws.com/doc/2014-11-13/',
    internalError: 'ServerException',
  },
  ec2: {
    target: undefined,
    scope: 'ec2',
    iamPrefix: 'ec2',
    xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    internalError: 'InternalError',
  },
  cloudwatch: {
    target: 'GraniteServiceVersion20100801',
    scope: 'monitoring',
    iamPrefix: 'cloudwatch',
    xmlns: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    internalError: 'InternalServiceFault',
  },
  tagging: {
    target: 'ResourceGroupsTaggingAPI_20170126',
    scope: 'tagging',
    iamPrefix: 'tag',
    xmlns: 'http://tagging.amazonaws.com/doc/2017-01-26/',
    internalError: 'InternalServiceException',
  },
  elb: {
    target: undefined,
    scope: 'elasticloadbalancing',
    iamPrefix: 'elasticloadbalancing',
    xmlns: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    internalError: 'InternalFailure',
  },
  sts: {
    target: undefined,
    scope: 'sts',
    iamPrefix: 'sts',
    xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
    internalError: 'InternalFailure',
  },
  iam: {
    target: undefined,
    scope: 'iam',
    iamPrefix: 'iam',
    xmlns: 'https://iam.amazonaws.com/doc/2010-05-08/',
    internalError: 'ServiceFailure',
  },
};
