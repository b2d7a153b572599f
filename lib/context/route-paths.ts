import {
  Injectable,
  RequestMethod,
  VERSION_NEUTRAL,
  VersioningType,
  type Type,
} from '@nestjs/common';
import {
  HOST_METADATA,
  METHOD_METADATA,
  MODULE_PATH,
  PATH_METADATA,
  VERSION_METADATA,
} from '@nestjs/common/constants.js';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';

type PathMetadata = Parameters<RoutePathFactory['create']>[0];
type Versions = Pick<PathMetadata, 'controllerVersion' | 'methodVersion' | 'versioningOptions'>;

/** Under which path and method a handler can be reached. */
export interface RouteAddress {
  /** The template of the path, such as `/api/v1/users/:id`: all prefixes included. */
  readonly path: string;
  /** The HTTP method in capitals; `undefined` for a handler of all methods. */
  readonly method: string | undefined;
}

/** Knows the paths of the application's routes, as Nest itself puts them together. */
@Injectable()
export class RoutePaths {
  // Private to the language, too: printed, they would show the whole application.
  readonly #config: ApplicationConfig;
  readonly #modules: ModulesContainer;

  constructor(config: ApplicationConfig, modules: ModulesContainer) {
    this.#config = config;
    this.#modules = modules;
  }

  /**
   * The address of a handler; of several paths or versions, the first. Call it when the application has started:
   * before, the global prefix and the versioning may be missing.
   *
   * @throws TypeError when there is none that a path alone can say: for what is no handler of this application,
   * for a host, for a version that does not stand in the path, and for a controller under several prefixes
   */
  addressOf(controller: Type, handlerName: string): RouteAddress {
    const name = `${controller.name}.${handlerName}`;
    const handler = handlerOf(controller, handlerName);
    const requestMethod: RequestMethod | undefined =
      handler && Reflect.getMetadata(METHOD_METADATA, handler);
    if (!handler || requestMethod === undefined) {
      throw new TypeError(`${name} is no handler of a route`);
    }
    if (Reflect.getMetadata(HOST_METADATA, controller) !== undefined) {
      throw new TypeError(
        `${name} has a host, which no path can say: put its URL together yourself`,
      );
    }
    const metadata: PathMetadata = {
      globalPrefix: this.#config.getGlobalPrefix(),
      modulePath: this.#modulePathOf(controller, name),
      ctrlPath: firstPathOf(controller),
      methodPath: firstPathOf(handler),
      ...this.#versionsOf(controller, handler, name),
    };
    const [path = '/'] = new RoutePathFactory(this.#config).create(metadata, requestMethod);
    const isOfAll = requestMethod === RequestMethod.ALL;
    return { path, method: isOfAll ? undefined : RequestMethod[requestMethod] };
  }

  #versionsOf(controller: Type, handler: object, name: string): Versions {
    const versioningOptions = this.#config.getVersioning();
    if (!versioningOptions) return {};
    const methodVersion: Versions['methodVersion'] = Reflect.getMetadata(VERSION_METADATA, handler);
    const controllerVersion: Versions['controllerVersion'] =
      Reflect.getMetadata(VERSION_METADATA, controller) ?? versioningOptions.defaultVersion;
    const version = methodVersion ?? controllerVersion;
    const isInPath = versioningOptions.type === VersioningType.URI;
    if (!isInPath && version !== undefined && ![version].flat().includes(VERSION_NEUTRAL)) {
      throw new TypeError(
        `${name} has a version that stands in no path: put its URL together yourself`,
      );
    }
    return {
      versioningOptions,
      ...(methodVersion !== undefined && { methodVersion }),
      ...(controllerVersion !== undefined && { controllerVersion }),
    };
  }

  /** The path that `RouterModule` gave to the module of a controller. */
  #modulePathOf(controller: Type, name: string): string {
    const owners = Array.from(this.#modules.values()).filter(({ controllers }) =>
      Array.from(controllers.values()).some(({ metatype }) => metatype === controller),
    );
    const paths = new Set(
      owners.map(({ metatype }): string => {
        const own: unknown = Reflect.getMetadata(
          MODULE_PATH + this.#modules.applicationId,
          metatype,
        );
        return String(own ?? Reflect.getMetadata(MODULE_PATH, metatype) ?? '');
      }),
    );
    const [path, ...others] = paths;
    if (path === undefined)
      throw new TypeError(`${name} belongs to no controller of this application`);
    if (others.length === 0) return path;
    throw new TypeError(
      `${name} has several prefixes, by the modules that list its controller: put its URL together yourself`,
    );
  }
}

function handlerOf(controller: Type, handlerName: string): object | undefined {
  const prototype = controller.prototype as Readonly<Record<string, unknown>>;
  const handler = prototype[handlerName];
  return typeof handler === 'function' ? handler : undefined;
}

function firstPathOf(target: object): string {
  const path: unknown = Reflect.getMetadata(PATH_METADATA, target);
  return String((Array.isArray(path) ? path[0] : path) ?? '');
}
