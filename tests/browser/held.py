"""Requests of a page kept from the server, as a slow connection keeps them."""

from playwright.sync_api import Page, Route, expect

STEP_MS = 20
STEPS = 1500


class Held:
    """Requests that are on their way until they are let go."""

    def __init__(self, page: Page, address: str, method: str = "POST") -> None:
        self.page = page
        self.address = address
        self.method = method
        self.routes: list[Route] = []
        page.route(address, self._hold)

    def _hold(self, route: Route) -> None:
        if route.request.method == self.method:
            self.routes.append(route)
        else:
            route.fallback()

    def wait_for(self, number: int = 1) -> None:
        """Wait until so many have come."""
        for _step in range(STEPS):
            if len(self.routes) >= number:
                return
            self.page.wait_for_timeout(STEP_MS)
        raise TimeoutError(f"{len(self.routes)} requests of {number} have come")

    def release(self) -> None:
        """Let go of those that came, and of all that come from now on."""
        for route in self.routes:
            route.continue_()
        self.page.unroute(self.address)


def settle(page: Page) -> None:
    """Wait until no request is under way, so that a late answer would have done its harm."""
    page.wait_for_load_state("networkidle")
    expect(page.locator(".htmx-request, [aria-busy=true]")).to_have_count(0)
