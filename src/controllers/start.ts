import { KindsView } from '../store/kinds-view.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { Definitions } from './definitions.ts';
import { EveryResource } from './every-resource.ts';
import { Namespaces } from './namespaces.ts';
import { Owners } from './owners.ts';
import { createTokenRequestController, type TokenRequestControllerOptions } from './token-requests/controller.ts';

export interface ControllersOptions extends ControllerOptions {
  /** Asks for the token of a TokenRequest; absent where nobody answers those. */
  readonly requestToken?: TokenRequestControllerOptions['requestToken'] | undefined;
}

/**
 * Starts everything that follows resources and acts.
 * @returns when what is there is known and is being looked at
 */
export async function startControllers(options: ControllersOptions): Promise<Controller> {
  const { store, requestToken } = options;
  const log = (part: string) => options.log.child({ part });
  const started = new AsyncDisposableStack();
  const own = <C extends Controller>(controller: C): C => started.adopt(controller, (opened) => opened.close());
  try {
    const kinds = started.adopt(await KindsView.open(store), (view) => view.close());
    const common = { ...options, kinds, log: log('controllers') };
    const owners = own(new Owners(common));
    const namespaces = own(new Namespaces(common));
    const definitions = own(new Definitions(common));
    kinds.onChange(() => owners.kindsChanged());
    own(
      await EveryResource.follow({
        ...common,
        seen(change) {
          owners.seen(change);
          namespaces.seen(change);
          definitions.seen(change);
        },
      }),
    );
    if (requestToken) own(await createTokenRequestController({ ...options, log: log('token-requests'), requestToken }));
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
  return { close: () => started.disposeAsync() };
}
