"""Starts the kernel; kernel.json runs `python -m saem_kernel -f <connection file>`."""

from ipykernel.kernelapp import IPKernelApp

from .kernel import SaemKernel

if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=SaemKernel)
