"""Accelerators and clusters: peak, memory, links. Every number is given, none is looked up."""

from dataclasses import dataclass
from decimal import Decimal

from app.compute.errors import InvalidNumber, require_at_least, require_positive
from app.compute.units import GB

USABLE_SHARE = 79.15 / 80
"""GiB that a process can use per GB on the label: an "80 GB" card offers 79.15 GiB."""

SUSTAINED_SHARE = 0.8
"""Sustained over peak matrix throughput where none was measured (A100 0.87, B200 0.78)."""

NETWORK_SHARE = 1 / 9
"""Network over scale-up bandwidth of one GPU where none is given: 50 of 450 GB/s (H100, NDR)."""


@dataclass(frozen=True)
class Accelerator:
    """
    One device.

    Attributes
    ----------
    name : str
    peak_tflops : float
        Dense 16-bit peak, TFLOP/s. Never a sparse one.
    memory_gb : float
        As on the label.
    peak_fp8_tflops : float or None
        Dense fp8 peak.
    sustained_tflops : float or None
        Best measured 16-bit matrix throughput.
    memory_tb_s : float
        Memory bandwidth, TB/s.
    link_gb_s : float or None
        Scale-up link, one way, GB/s; None where none is recorded.
    usable_gib : float or None
        Memory that a process can use; `USABLE_SHARE` of the label if None.
    watts : float or None
        Board power.
    """

    name: str
    peak_tflops: float
    memory_gb: float
    peak_fp8_tflops: float | None = None
    sustained_tflops: float | None = None
    memory_tb_s: float = 2.0
    link_gb_s: float | None = None
    usable_gib: float | None = None
    watts: float | None = None

    def __post_init__(self) -> None:
        require_positive("peak_tflops", self.peak_tflops)
        require_positive("memory_gb", self.memory_gb)
        require_positive("memory_tb_s", self.memory_tb_s)

    @property
    def usable_memory_gib(self) -> float:
        """GiB that a process can use."""
        return self.memory_gb * USABLE_SHARE if self.usable_gib is None else self.usable_gib

    @property
    def sustained(self) -> float:
        """Matrix throughput that can be reached, TFLOP/s."""
        if self.sustained_tflops is None:
            return self.peak_tflops * SUSTAINED_SHARE
        return self.sustained_tflops

    def peak(self, precision: str) -> float:
        """
        Tell the dense peak that utilisation in `precision` divides by, TFLOP/s.

        Raises
        ------
        InvalidNumber
            fp8 on a device without a recorded fp8 peak.

        Examples
        --------
        >>> Accelerator("H100", 989, 80, peak_fp8_tflops=1979).peak("fp8")
        1979
        """
        if precision != "fp8":
            return self.peak_tflops
        if self.peak_fp8_tflops is None:
            raise InvalidNumber("precision", "fp8", f"one that {self.name} has a peak for")
        return self.peak_fp8_tflops


@dataclass(frozen=True)
class Cluster:
    """
    Devices and what joins them.

    Attributes
    ----------
    accelerator : Accelerator
    count : int
        Devices, above 0.
    gpus_per_node : int
        Devices that share the scale-up link.
    network_gb_s : float or None
        Network bandwidth of one node, one way, GB/s. If None, that of the cluster on which the
        efficiency profile was measured, or `NETWORK_SHARE` of the links.
    price_per_hour : Decimal or None
        For one device.
    currency : str
    """

    accelerator: Accelerator
    count: int
    gpus_per_node: int = 8
    network_gb_s: float | None = None
    price_per_hour: Decimal | None = None
    currency: str = "USD"

    def __post_init__(self) -> None:
        require_positive("count", self.count)
        require_positive("gpus_per_node", self.gpus_per_node)
        if self.price_per_hour is not None:
            require_at_least("price_per_hour", float(self.price_per_hour), 0)
        if self.network_gb_s is not None:
            require_positive("network_gb_s", self.network_gb_s)

    @property
    def link_bytes_per_second(self) -> float:
        """Scale-up bandwidth of one device, one way; PCIe 4.0 x16 where no link is recorded."""
        link = self.accelerator.link_gb_s
        return (32.0 if link is None else link) * GB

    def network_bytes_per_second(self, measured_gb_s: float | None = None) -> float:
        """
        Tell the network bandwidth of one device, its share of the node's.

        Parameters
        ----------
        measured_gb_s : float or None
            Of one device where the efficiency profile was measured, for a cluster that does not
            say its own.

        Examples
        --------
        >>> Cluster(Accelerator("A100", 312, 80), 384, network_gb_s=50).network_bytes_per_second()
        6250000000.0
        """
        if self.network_gb_s is not None:
            return self.network_gb_s * GB / self.gpus_per_node
        if measured_gb_s is not None:
            return measured_gb_s * GB
        return self.link_bytes_per_second * NETWORK_SHARE
